//! What JavaScript calls. Rust owns all memory: JavaScript asks for room, writes the request into it, runs, and reads the
//! answer before its next call. No raw pointer is read or written here.
#![allow(
    unsafe_code,
    unreachable_pub,
    reason = "a function can be exported under its own name only by the unsafe attribute no_mangle, and nothing in Rust calls it; there is \
              no unsafe block"
)]

use std::cell::RefCell;

use crate::frames::{FRAME_BYTES_MAX, FRAMES_MAX};

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Makes room for a request of `length` bytes and says where, or 0 where it is too long.
#[unsafe(no_mangle)]
pub extern "C" fn request(length: usize) -> *mut u8 {
    if length > FRAME_BYTES_MAX + 4 * FRAMES_MAX {
        return std::ptr::null_mut();
    }
    REQUEST.with_borrow_mut(|request| {
        *request = vec![0; length];
        request.as_mut_ptr()
    })
}

/// Answers the request that was written. Gives the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> usize {
    let answer = REQUEST.with_borrow(|request| crate::answer(request));
    ANSWER.with_borrow_mut(|kept| {
        *kept = answer;
        kept.len()
    })
}

/// Where the answer is, UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn answer_at() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}
