//! The published result on disk: written once, checked, never changed.
