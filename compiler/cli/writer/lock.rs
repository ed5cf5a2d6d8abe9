//! One build at a time in one output folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::{RECORDS, Trouble};

/// How long to sleep between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// Takes the lock of `root`, which lasts as long as the file returned, and waits for it no longer than `patience`.
pub(super) fn take(root: &Path, patience: Duration) -> Result<File, Trouble> {
    let path = root.join(RECORDS).join("lock");
    // Opened for reading where it exists, so that a build with nothing to do needs no right to write.
    let file = match OpenOptions::new().read(true).open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)
        }
        opened => opened,
    }
    .map_err(|error| io::Error::new(error.kind(), format!("cannot open `{}`: {error}", path.display())))?;
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if waited < patience => {
                sleep(PAUSE);
                waited += PAUSE;
            }
            Err(TryLockError::WouldBlock) => return Err(Trouble::Busy(root.to_path_buf())),
            // Some network file systems know no locks; a build there is as safe as the user is alone.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(Trouble::System(error)),
        }
    }
}
