//! Invents a town, its families and its agencies' extracts, with the truth beside them.
