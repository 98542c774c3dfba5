//! Groups persons into households, given where each lived and when.
