//! The receiving end of the queue, for a thread that sometimes waits for a limited time.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Instant;

use tokio::sync::mpsc;

use super::writer::Message;

/// The writer's end of the queue.
pub(super) struct Queue {
    messages: mpsc::Receiver<Message>,
}

/// Wakes a parked thread when a message arrives.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

impl Queue {
    pub(super) const fn new(messages: mpsc::Receiver<Message>) -> Self {
        Self { messages }
    }

    /// Waits for the next message; `None` when the queue is closed and empty.
    pub(super) fn next(&mut self) -> Option<Message> {
        self.messages.blocking_recv()
    }

    /// The next message if there is one now.
    pub(super) fn try_next(&mut self) -> Option<Message> {
        self.messages.try_recv().ok()
    }

    /// Waits for the next message, but not beyond `until`.
    pub(super) fn next_until(&mut self, until: Instant) -> Option<Message> {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(message) = self.messages.poll_recv(&mut context) {
                return message;
            }
            let left = until.checked_duration_since(Instant::now())?;
            std::thread::park_timeout(left);
        }
    }

    /// Messages that wait.
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Takes no more; what waits is still received.
    pub(super) fn close(&mut self) {
        self.messages.close();
    }
}
