//! Weighs a comparison vector under the Fellegi–Sunter model.
