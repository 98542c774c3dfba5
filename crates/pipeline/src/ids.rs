//! Ids for snapshots, made of what they stand for.

use xxhash_rust::xxh3::Xxh3;

/// An id: a letter for what it is of, and eighty bits of a hash of its parts.
///
/// The same parts give the same id on every machine, and nothing can be read from it.
pub(crate) fn id(letter: char, parts: &[&str]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut hasher = Xxh3::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bits = hasher.digest128();
    let mut id = String::with_capacity(17);
    id.push(letter);
    for _ in 0..16 {
        id.push(char::from(DIGITS[usize::from((bits & 31) as u8)]));
        bits >>= 5;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::id;

    #[test]
    fn an_id_is_of_its_parts() {
        assert_eq!(id('P', &["a", "b"]), id('P', &["a", "b"]));
        assert_ne!(id('P', &["a", "b"]), id('P', &["ab"]));
        assert_eq!(id('H', &[]).len(), 17);
    }
}
