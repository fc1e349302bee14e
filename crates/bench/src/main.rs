//! Prints `id value` lines, medians, in the units of scripts/bench/rows.mjs. Names of rows as arguments measure these alone.
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

/// The system's allocator, counting where that is asked for.
struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
/// Rows that measure time do not pay for counting.
static COUNT: AtomicBool = AtomicBool::new(false);

// SAFETY: every call is handed to `System` as it came; counting touches no memory of the caller's.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNT.load(Ordering::Relaxed) {
            ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed);
        }
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if COUNT.load(Ordering::Relaxed) {
            ALLOCATED.fetch_sub(layout.size(), Ordering::Relaxed);
        }
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Rounds; in each, every row has its turn, so that a machine that slows down slows them alike.
const ROUNDS: usize = 5;

/// What a row counts.
enum Unit {
    /// Pieces of work a second.
    Rate,
    /// Milliseconds for all of them.
    Millis,
}

/// A piece of work against the clock.
struct Row {
    id: &'static str,
    pieces: u32,
    work: fn(u32) -> u32,
    unit: Unit,
}

const fn rate(id: &'static str, pieces: u32, work: fn(u32) -> u32) -> Row {
    Row { id, pieces, work, unit: Unit::Rate }
}

const TIMED: &[Row] = &[
    rate("bulk", 1_000_000, bench::bulk),
    rate("smoltcp_bulk", 1_000_000, bench::smoltcp_work::bulk),
    rate("bulk_recorded", 1_000_000, bench::bulk_recorded),
    rate("queue", 5_000_000, bench::queue),
    rate("heap", 5_000_000, bench::heap),
    rate("setup", 10_000, bench::setup),
    Row { id: "flood", pieces: 100_000, work: bench::flood, unit: Unit::Millis },
];

/// A name, and what gives the number.
type Counted = (&'static str, fn() -> f64);

/// Rows that are measured once: a world's own time, memory, or what takes too long for rounds.
const COUNTED: &[Counted] = &[
    ("smoltcp_setup", smoltcp_setup),
    ("idle", idle),
    ("goodput", || bench::goodput(60)),
    ("smoltcp_reno", || bench::smoltcp_work::goodput(60, true)),
    ("smoltcp_cubic", || bench::smoltcp_work::goodput(60, false)),
];

/// Connections a second.
fn smoltcp_setup() -> f64 {
    const CONNECTIONS: u32 = 10_000;
    let start = Instant::now();
    assert_eq!(bench::smoltcp_work::setup(CONNECTIONS), CONNECTIONS, "the work stopped early");
    f64::from(CONNECTIONS) / start.elapsed().as_secs_f64()
}

fn idle() -> f64 {
    COUNT.store(true, Ordering::Relaxed);
    let octets = bench::idle(|| ALLOCATED.load(Ordering::Relaxed));
    COUNT.store(false, Ordering::Relaxed);
    octets
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |id: &str| asked.is_empty() || asked.iter().any(|a| a == id);
    let rows: Vec<&Row> = TIMED.iter().filter(|r| wanted(r.id)).collect();
    let mut seconds = vec![Vec::new(); rows.len()];
    for _ in 0..ROUNDS {
        for (row, seconds) in rows.iter().zip(&mut seconds) {
            let start = Instant::now();
            assert!((row.work)(row.pieces) >= row.pieces, "{}: the work stopped early", row.id);
            seconds.push(start.elapsed().as_secs_f64());
        }
    }
    for (row, mut seconds) in rows.iter().zip(seconds) {
        seconds.sort_by(f64::total_cmp);
        let median = seconds[ROUNDS / 2];
        match row.unit {
            Unit::Rate => println!("{} {}", row.id, f64::from(row.pieces) / median),
            Unit::Millis => println!("{} {}", row.id, median * 1e3),
        }
    }
    for (id, measure) in COUNTED.iter().filter(|(id, _)| wanted(id)) {
        println!("{id} {}", measure());
    }
}
