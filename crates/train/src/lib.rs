//! Learns the model from unlabelled records.
