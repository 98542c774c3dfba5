//! Texts of which hardly any comes twice, one after the other: to look each up among all costs more
//! than to keep it again.

/// Texts, by the order in which they came.
#[derive(Default)]
pub(crate) struct Keys {
    text: String,
    ends: Vec<usize>,
}

impl Keys {
    /// Keeps a text, and gives its place.
    pub(crate) fn push(&mut self, key: &str) -> u32 {
        self.text.push_str(key);
        self.ends.push(self.text.len());
        u32::try_from(self.ends.len() - 1).expect("a snapshot has fewer than four billion rows")
    }

    /// The text with this place.
    pub(crate) fn get(&self, place: u32) -> &str {
        let at = place as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[at]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_found_by_its_place() {
        let mut keys = Keys::default();
        let all = ["a1", "", "b", "a1"];
        let places: Vec<u32> = all.iter().map(|key| keys.push(key)).collect();
        assert_eq!(places, [0, 1, 2, 3]);
        assert!(places.iter().zip(all).all(|(&place, key)| keys.get(place) == key));
    }
}
