//! TCP Playground without a browser: the same lab, printed as tcpdump would.
mod conformance;
mod drill;
mod run;
mod scenarios;
mod tcpdump;

use clap::{Parser, Subcommand, ValueEnum};
use lab::catalogue;
use std::process::ExitCode;

/// A real TCP stack to step through, without a browser.
///
/// Exit status: 0 done; 1 a file cannot be read or written; 2 the command line or the scenario is wrong.
#[derive(Parser)]
#[command(name = "tcp-playground", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a scenario, and print its packets as tcpdump would.
    Run(run::Args),
    Drill(drill::Args),
    Conformance(conformance::Args),
    /// List the scenarios that are shipped.
    Scenarios {
        /// Language of the titles.
        #[arg(long, value_enum, default_value_t)]
        lang: Lang,
    },
}

/// A language of the catalogues.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Lang {
    /// English.
    #[default]
    #[value(name = "en")]
    En,
    /// 简体中文
    #[value(name = "zh-CN", alias = "zh")]
    Zh,
}

impl From<Lang> for catalogue::Lang {
    fn from(lang: Lang) -> catalogue::Lang {
        match lang {
            Lang::En => catalogue::Lang::En,
            Lang::Zh => catalogue::Lang::ZhCn,
        }
    }
}

/// Why a command did not do what it was asked; the text is for the person at the keyboard.
pub(crate) enum Failure {
    /// A file cannot be read or written.
    File(String),
    /// The command line or the scenario is wrong.
    Input(String),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Drill(args) => match drill::run(&args) {
            Ok(true) => Ok(()),
            Ok(false) => return ExitCode::from(1),
            Err(failure) => Err(failure),
        },
        Command::Conformance(args) => conformance::run(&args),
        Command::Scenarios { lang } => scenarios::list(lang),
    };
    let (sentence, status) = match done {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::File(sentence)) => (sentence, 1),
        Err(Failure::Input(sentence)) => (sentence, 2),
    };
    // Whoever closed our output (`| head`) has read what they wanted.
    if sentence.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("tcp-playground: {sentence}");
    ExitCode::from(status)
}

/// Writing to standard output; a reader that went away is not an error.
pub(crate) fn output(e: std::io::Error) -> Failure {
    match e.kind() {
        std::io::ErrorKind::BrokenPipe => Failure::File(String::new()),
        _ => Failure::File(format!("standard output cannot be written: {e}")),
    }
}
