//! Where text came from: files, spans, addresses inside a spec, and the origin of every output line.

mod address;
mod files;
mod origin;

pub use address::{Address, Segment};
pub use files::{File, FileId, Files, MemoryFiles, Position, ReadError, Sources, Span, folder, normal};
pub use origin::Origin;
