//! Streaming speech from cloud voices.
