//! The way from the function to the database, which can break at any moment.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Passes bytes on, until as many pieces have come from the function as it was told.
pub(crate) struct Relay {
    pub(crate) port: u16,
    left: Arc<AtomicUsize>,
}

impl Relay {
    pub(crate) fn start(database: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let relay = Self { port, left: left.clone() };
        spawn(move || {
            for from in listener.incoming().flatten() {
                // A database that doesn't run closes the connection at once.
                let Ok(to) = TcpStream::connect(("127.0.0.1", database)) else { continue };
                let (back, forth) = (to.try_clone(), from.try_clone());
                let (back, forth) = (back.expect("a handle"), forth.expect("a handle"));
                let (left, endless) = (left.clone(), Arc::new(AtomicUsize::new(usize::MAX)));
                spawn(move || pass(from, to, &left));
                spawn(move || pass(back, forth, &endless));
            }
        });
        relay
    }

    /// Breaks every connection after this many pieces from the function.
    pub(crate) fn break_after(&self, pieces: usize) {
        self.left.store(pieces, SeqCst);
    }

    /// Breaks no more; whether it had broken one.
    pub(crate) fn mend(&self) -> bool {
        self.left.swap(usize::MAX, SeqCst) == 0
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, left: &AtomicUsize) {
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        // What has come is still handed on: the database may do it and its answer be lost.
        let sent = to.write_all(&piece[..length]);
        let spent = |left: usize| (left != usize::MAX).then(|| left.saturating_sub(1));
        let broken = left.fetch_update(SeqCst, SeqCst, spent).is_ok_and(|before| before <= 1);
        if broken || sent.is_err() {
            let _ = from.shutdown(Shutdown::Both);
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn spawn(work: impl FnOnce() + Send + 'static) {
    #[expect(clippy::disallowed_methods, reason = "the test's own server")]
    std::thread::spawn(work);
}
