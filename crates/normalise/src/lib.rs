//! Puts every value into one form, once per distinct value.
