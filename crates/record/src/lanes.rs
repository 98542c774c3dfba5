//! Many at once: a bit each in a word.

/// So many are looked at at once.
pub const LANES: usize = u32::BITS as usize;

/// What a function says of each.
///
/// [`array::map`] is not always made of wide instructions.
#[must_use]
#[inline(always)]
#[expect(clippy::inline_always, reason = "what calls it says which instructions there are")]
pub fn each<T: Copy, U: Copy + Default, const N: usize>(of: &[T; N], f: impl Fn(T) -> U) -> [U; N] {
    let mut said = [U::default(); N];
    said.iter_mut().zip(of).for_each(|(said, &one)| *said = f(one));
    said
}

/// A bit for each that is so, the first the lowest.
#[must_use]
#[inline(always)]
#[expect(clippy::inline_always, reason = "what calls it says which instructions there are")]
pub fn bits_of(are: &[bool; LANES]) -> u32 {
    let bytes = each(are, u8::from);
    let (eights, _) = bytes.as_chunks::<8>();
    let bits = |eight: &[u8; 8]| {
        // Each byte's bit meets that of the factor that takes it to its place at the top.
        (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
    };
    eights.iter().rev().fold(0, |word, eight| word << 8 | bits(eight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_bit() {
        for word in [0, 1, u32::MAX, 0x8000_0000, 0x0123_4567, 0x89AB_CDEF] {
            let are = std::array::from_fn(|at| word >> at & 1 == 1);
            assert_eq!(bits_of(&are), word);
        }
    }
}
