//! A local stand-in for the speech services.
