//! Work that takes a core for long: on a thread of its own that stands behind all others of the process where the system
//! lets it, so that who waits for an answer does not wait for it too.

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How far behind other threads it stands (nice): where there are others, they get nine tenths of a core.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Puts the calling thread behind all others, for good.
pub fn step_back() {
    // On Linux this is of the calling thread. Where it is not allowed it goes on as it is.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
}

/// Why work done aside has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// No thread is to be had now: it was not begun.
    Unbegun,
    /// It broke.
    Broken,
}

/// Does work aside. Who calls sees to it that not much is done at once.
pub(crate) async fn aside<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Left> {
    let (done, told) = oneshot::channel();
    let runtime = Handle::current();
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        step_back();
        let _within = runtime.enter();
        let _ = done.send(work());
    });
    if let Err(error) = thread {
        tracing::error!(%error, name, "there is no thread");
        return Err(Left::Unbegun);
    }
    told.await.map_err(|_| Left::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_comes_back_and_one_that_panics_is_told_to_have_broken() {
        assert_eq!(aside("adds", || 1 + 1).await, Ok(2));
        let broken = aside::<u8>("breaks", || std::panic::resume_unwind(Box::new(()))).await;
        assert_eq!(broken, Err(Left::Broken));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn it_stands_behind_others_and_they_do_not() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let own = nice();
        assert_eq!(aside("looks", nice).await, Ok(NICE.max(own)));
        assert_eq!(nice(), own);
    }
}
