//! `tcp-playground run SCENARIO`
use crate::tcpdump::Conversations;
use crate::{Failure, Lang, output};
use lab::problems::told;
use lab::view::{ErrorView, Stop, Trace};
use lab::{Session, catalogue, check_size};
use std::io::{StdoutLock, Write};
use std::path::{Path, PathBuf};

/// Steps after which a run ends where nobody says otherwise: a world may go on for ever.
const STEPS: u32 = 100_000;

#[derive(clap::Args)]
pub struct Args {
    /// Id of a shipped scenario (`tcp-playground scenarios` lists them), or a file: a scenario or a saved
    /// timeline, JSON.
    scenario: String,
    /// Write a capture that Wireshark reads.
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Take down what one interface sees (`Client:eth0`), or all of a machine (`Client`), in place of what is put on
    /// links. May be given more than once; `all` is every interface.
    #[arg(long, value_name = "NODE[:INTERFACE]", requires = "pcap")]
    capture: Vec<String>,
    /// Stop when the world's clock would pass this (`1.5`), or after the step where a condition is met:
    /// `state == ESTABLISHED`, `rule == "RTO fired"`, `cwnd < was(cwnd)` (docs/expressions.md).
    #[arg(long, value_name = "SECONDS|EXPRESSION")]
    until: Option<String>,
    /// Stop after so many steps.
    #[arg(long, value_name = "N", default_value_t = STEPS)]
    steps: u32,
    /// Seed of everything random; the scenario's own where none is given.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print the digest of the world and of all frames: the same here and in a browser.
    #[arg(long)]
    digest: bool,
    /// Say under each packet which rules its receiver went through.
    #[arg(long)]
    why: bool,
    /// Print sequence numbers as they stand in the header (tcpdump -S).
    #[arg(short = 'S', long)]
    absolute: bool,
    /// Language of sentences.
    #[arg(long, value_enum, default_value_t)]
    lang: Lang,
}

/// Where a run is told to stop: by the clock, ns, or by a condition.
fn limit(args: &Args) -> (f64, Vec<Stop>) {
    let Some(text) = &args.until else { return (f64::INFINITY, Vec::new()) };
    match text.parse::<f64>() {
        Ok(s) if s.is_finite() && s >= 0.0 => (s * 1e9, Vec::new()),
        _ => {
            let stop = Stop { when: text.clone(), node: 0, file: String::new(), line: 0, skip: 0 };
            (f64::INFINITY, vec![stop])
        }
    }
}

/// Runs a scenario to its end, or to where it was told to stop.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut session = open(args)?;
    let mut out = std::io::stdout().lock();
    let names = if session.links().len() > 1 { names(&session) } else { Vec::new() };
    let mut talk = Conversations::new(args.absolute, names);
    let (until, stops) = limit(args);
    let mut printed = 0;
    notes(&session, None, args.lang, &mut out)?;
    notes(&session, Some(session.position()), args.lang, &mut out)?;
    packets(&session, &mut talk, &mut printed, &mut out)?;
    for _ in 0..args.steps {
        let done = session.run_to(&stops, 1, until).map_err(refused(args.lang))?;
        if done.events == 0 {
            break;
        }
        if args.why {
            why(&session.trace(), args.lang, &mut out)?;
        }
        packets(&session, &mut talk, &mut printed, &mut out)?;
        notes(&session, Some(session.position()), args.lang, &mut out)?;
        if done.by.is_some() {
            let seconds = session.world().now().0 as f64 / 1e9;
            eprintln!("tcp-playground: stopped at step {}, {seconds:.6} s", session.position());
            break;
        }
    }
    if args.digest {
        writeln!(out, "digest {}", session.digest()).map_err(output)?;
    }
    match &args.pcap {
        Some(path) => write(path, &captured(&session, &args.capture).map_err(refused(args.lang))?),
        None => Ok(()),
    }
}

/// Names of machines, by their numbers.
fn names(session: &Session) -> Vec<String> {
    session.view().nodes.into_iter().map(|n| n.name).collect()
}

/// A pcapng file of the links, or of interfaces where some are named.
fn captured(session: &Session, taps: &[String]) -> Result<Vec<u8>, ErrorView> {
    match taps {
        [] => session.pcapng(),
        _ if taps.iter().any(|t| t == "all") => session.capture_at(&[]),
        _ => session.capture_at(taps),
    }
}

/// A shipped scenario by its id, else a file.
fn open(args: &Args) -> Result<Session, Failure> {
    let path = Path::new(&args.scenario);
    let shipped = Session::scenarios().iter().any(|s| s.id == args.scenario);
    if shipped || !path.is_file() {
        return Session::new(&args.scenario, args.seed).map_err(refused(args.lang));
    }
    let cannot = |e: std::io::Error| Failure::File(format!("{}: {e}", path.display()));
    let size = std::fs::metadata(path).map_err(cannot)?.len();
    let named = |e: ErrorView| Failure::Input(format!("{}: {}", path.display(), told(args.lang.into(), &e)));
    check_size(size).map_err(named)?;
    let bytes = std::fs::read(path).map_err(cannot)?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::Input(format!("{}: octet {at} is not UTF-8; a scenario is JSON text", path.display()))
    })?;
    let opened = Session::restore(text.as_bytes());
    opened
        .or_else(|wrong| {
            // What says that it is a timeline is told what is wrong with it as one.
            if text.contains("tcp-playground-timeline") {
                Err(wrong)
            } else {
                Session::new(text.trim(), args.seed)
            }
        })
        .map_err(named)
}

/// Prints what the scenario's file has to say about a step, or about the whole, each line behind a `#`.
fn notes(session: &Session, step: Option<u32>, lang: Lang, out: &mut StdoutLock<'_>) -> Result<(), Failure> {
    for note in session.notes().iter().filter(|n| n.step == step) {
        let text = match lang {
            Lang::En => &note.text.0.en,
            Lang::Zh => &note.text.0.zh,
        };
        for line in text.lines() {
            // What would command a terminal is written out.
            let plain: String = line.chars().flat_map(visible).collect();
            writeln!(out, "# {plain}").map_err(output)?;
        }
    }
    Ok(())
}

/// A character as it is, or, where a terminal would act on it, as Rust writes it.
fn visible(c: char) -> Vec<char> {
    if c.is_control() { c.escape_default().collect() } else { vec![c] }
}

/// Prints the frames that were sent since the last call.
fn packets(
    session: &Session,
    talk: &mut Conversations,
    printed: &mut usize,
    out: &mut StdoutLock<'_>,
) -> Result<(), Failure> {
    for at in *printed..session.frames().len() {
        let Some(record) = session.frame(at as u32) else { break };
        // What a file's commands led to is known before we are there.
        if record.step_sent > session.position() {
            break;
        }
        let frame = session.frame_bytes(at as u32).map_err(|e| Failure::Input(e.message))?;
        let lost = if record.fate == lab::records::Fate::Lost as u8 { "  (lost)" } else { "" };
        writeln!(out, "{}{lost}", talk.line(record.sent, (record.from, record.to), &frame))
            .map_err(output)?;
        *printed = at + 1;
    }
    Ok(())
}

/// Prints the rules of a step as sentences.
fn why(trace: &Trace, lang: Lang, out: &mut StdoutLock<'_>) -> Result<(), Failure> {
    for rule in &trace.rules {
        let sentence = catalogue::sentence(lang.into(), &rule.id, &rule.operands);
        writeln!(out, "    {sentence}  [{}]", rule.source).map_err(output)?;
    }
    Ok(())
}

fn refused(lang: Lang) -> impl Fn(ErrorView) -> Failure {
    move |e| Failure::Input(told(lang.into(), &e))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| Failure::File(format!("{}: {e}", path.display())))
}
