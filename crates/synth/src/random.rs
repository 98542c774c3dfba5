//! Seeded chance: the same seed, stream and place always give the same throws.
//!
//! Only additions, comparisons and multiplications of floats are used, never the logarithms or
//! exponentials of the system, so that every machine throws alike.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream of throws is for. Streams are independent of each other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    /// The ground: streets and dwellings.
    Ground,
    /// The history of the town.
    History,
    /// One source's view of one person; the number is the source's.
    Source(u8),
    /// Addresses by themselves.
    Addresses,
}

/// A source of chance.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    /// The throws of `stream` at `place`: a person, say, or nothing in particular.
    pub(crate) fn of(seed: u64, stream: Stream, place: u32) -> Random {
        let number = match stream {
            Stream::Ground => 0,
            Stream::History => 1,
            Stream::Source(source) => 2 + u64::from(source),
            Stream::Addresses => 1000,
        };
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream((number << 32) | u64::from(place));
        Random(generator)
    }

    /// A number from 0 up to but not including 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Whether something of this probability happens.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number below `n`, or 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        if n == 0 { 0 } else { self.0.random_range(0..n) }
    }

    /// A whole number from `low` to `high`, both possible.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        if high <= low { low } else { self.0.random_range(low..=high) }
    }

    /// A place in something of this length.
    pub(crate) fn place(&mut self, len: usize) -> usize {
        self.below(number(len)) as usize
    }

    /// One of `items`, of which there must be one.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.place(items.len())]
    }

    /// A place in `weights`, each as likely as its weight.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut throw = self.unit() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            throw -= weight;
            if throw < 0.0 {
                return at;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// An exponentially distributed number of this mean, by von Neumann's comparisons.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        let mut whole = 0.0;
        loop {
            let first = self.unit();
            let (mut last, mut falling) = (first, true);
            loop {
                let next = self.unit();
                if next >= last {
                    break;
                }
                last = next;
                falling = !falling;
            }
            if falling {
                return mean * (whole + first);
            }
            whole += 1.0;
        }
    }

    /// A normally distributed number, as the sum of twelve throws.
    pub(crate) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        mean + deviation * (sum - 6.0)
    }

    /// Puts `items` into a random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.place(at + 1));
        }
    }
}

/// A length or place as a number.
///
/// # Panics
///
/// Panics at 2^32, far more than a town holds.
pub(crate) fn number(length: usize) -> u32 {
    u32::try_from(length).expect("a town has fewer than 2^32 of anything")
}

/// The whole number nearest below, for counts and days.
#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
pub(crate) fn whole(float: f64) -> i32 {
    float.floor() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_stream_throws_alike_and_another_does_not() {
        let throws = |seed, stream, place| {
            let mut random = Random::of(seed, stream, place);
            (0..4).map(|_| random.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(throws(1, Stream::Source(2), 3), throws(1, Stream::Source(2), 3));
        assert_ne!(throws(1, Stream::Source(2), 3), throws(2, Stream::Source(2), 3));
        assert_ne!(throws(1, Stream::Source(2), 3), throws(1, Stream::Source(3), 3));
        assert_ne!(throws(1, Stream::Source(2), 3), throws(1, Stream::Source(2), 4));
    }

    #[test]
    fn distributions_have_their_means() {
        let mut random = Random::of(7, Stream::History, 0);
        let n = 20_000;
        let exponential: f64 = (0..n).map(|_| random.exponential(5.0)).sum::<f64>() / f64::from(n);
        let normal: f64 = (0..n).map(|_| random.normal(30.0, 5.0)).sum::<f64>() / f64::from(n);
        assert!((exponential - 5.0).abs() < 0.2, "{exponential}");
        assert!((normal - 30.0).abs() < 0.2, "{normal}");
        let heavy = (0..n).filter(|_| random.weighted(&[1.0, 3.0]) == 1).count();
        assert!((14_500..15_500).contains(&heavy), "{heavy}");
    }

    #[test]
    fn nothing_to_choose_from_is_no_panic() {
        let mut random = Random::of(1, Stream::Ground, 0);
        assert_eq!(random.below(0), 0);
        assert_eq!(random.between(3, 3), 3);
        assert_eq!(random.weighted(&[1.0]), 0);
        random.shuffle::<u8>(&mut []);
    }
}
