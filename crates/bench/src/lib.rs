//! What `npm run bench` measures: pieces of work of a known size, natively (the binary of this crate) and in
//! wasm (the C functions at the end, called by scripts/bench/wasm.mjs). Whoever calls holds the clock.
pub mod smoltcp_work;
mod work;

pub use work::{bulk, bulk_recorded, flood, goodput, heap, idle, queue, setup};

/// The same for a WebAssembly host that has no bindings: numbers in, a number out.
#[allow(unsafe_code)]
mod exports {
    /// Frames handled; see [`crate::bulk`].
    #[unsafe(no_mangle)]
    pub extern "C" fn bench_bulk(frames: u32) -> f64 {
        f64::from(crate::bulk(frames))
    }
    /// Frames handled by smoltcp; see [`crate::smoltcp_work::bulk`].
    #[unsafe(no_mangle)]
    pub extern "C" fn bench_smoltcp_bulk(frames: u32) -> f64 {
        f64::from(crate::smoltcp_work::bulk(frames))
    }
    /// Frames handled and recorded; see [`crate::bulk_recorded`].
    #[unsafe(no_mangle)]
    pub extern "C" fn bench_bulk_recorded(frames: u32) -> f64 {
        f64::from(crate::bulk_recorded(frames))
    }
    /// Events handled by the standard library's heap; see [`crate::heap`].
    #[unsafe(no_mangle)]
    pub extern "C" fn bench_heap(events: u32) -> f64 {
        f64::from(crate::heap(events))
    }
    /// Events handled; see [`crate::queue`].
    #[unsafe(no_mangle)]
    pub extern "C" fn bench_queue(events: u32) -> f64 {
        f64::from(crate::queue(events))
    }
    /// Connections set up; see [`crate::setup`].
    #[unsafe(no_mangle)]
    pub extern "C" fn bench_setup(connections: u32) -> f64 {
        f64::from(crate::setup(connections))
    }
    /// SYNs handled; see [`crate::flood`].
    #[unsafe(no_mangle)]
    pub extern "C" fn bench_flood(syns: u32) -> f64 {
        f64::from(crate::flood(syns))
    }
}
