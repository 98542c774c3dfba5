//! The plan: what to read, how to link it, and what is wrong with saying so.
