//! What must hold of any bytes, for the fuzz targets beside it and for wire's tests.

pub mod checks;
