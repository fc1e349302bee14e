//! Prints `id value` lines, medians, in the units of scripts/bench/rows.mjs.
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// The system's allocator, counting.
struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed to `System` as it came; counting touches no memory of the caller's.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Median of the milliseconds that `RUNS` runs of some work take.
fn median(mut work: impl FnMut()) -> f64 {
    const RUNS: usize = 5;
    let mut all: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[RUNS / 2]
}

/// Pieces of work a second.
fn rate(pieces: u32, work: impl Fn(u32) -> u32) -> f64 {
    f64::from(pieces) / median(|| assert!(work(pieces) >= pieces, "the work stopped early")) * 1e3
}

fn main() {
    println!("bulk {}", rate(1_000_000, bench::bulk));
    println!("queue {}", rate(5_000_000, bench::queue));
    println!("setup {}", rate(10_000, bench::setup));
    println!("flood {}", median(|| _ = bench::flood(100_000)));
    println!("idle {}", bench::idle(|| ALLOCATED.load(Ordering::Relaxed)));
    println!("goodput {}", bench::goodput(60));
}
