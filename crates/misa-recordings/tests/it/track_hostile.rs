//! Tables that want to be a burden.
