//! What `npm run bench` measures: pieces of work of a known size, natively (the binary of this crate) and in
//! wasm (the C functions at the end, called by scripts/bench/wasm.mjs). Whoever calls holds the clock.
pub mod smoltcp_work;
mod work;

pub use work::{bulk, flood, goodput, idle, queue, setup};

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
