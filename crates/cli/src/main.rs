//! The command line.

mod allocator;
mod command;
mod disclosure;
mod progress;
mod table;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::progress::ProgressKind;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Folds person records from many agencies' extracts into persons, households and families.
///
/// A plan, one TOML file, names the extracts and says which columns are which fields. `kinfold
/// init` writes a first one by looking at your files, `kinfold check` says all that is wrong with
/// it, and `kinfold run` links the records and publishes a snapshot: a folder of Parquet files,
/// with a report to look at. Try `kinfold demo` first.
///
/// What a command finds goes to standard output, everything else to standard error. It ends with
/// 0 if it did what was asked, 1 if `--strict` was given and there is something to look at, and 2
/// if it could not.
#[derive(Parser)]
#[command(name = "kinfold", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(clap::Args)]
pub(crate) struct Global {
    /// Threads to use; without it, one for each processor. The result is the same for any number
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// How to tell how far a command has come: bars on a terminal, JSON lines elsewhere
    #[arg(long, global = true, value_enum, default_value = "auto")]
    progress: ProgressKind,
    /// Print what is found as JSON, for programs
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Link the records of a plan and publish a snapshot
    Run(command::run::Run),
    /// Link the records of an invented town, and see how it went
    Demo(command::demo::Demo),
    /// Write a first plan by looking at files
    Init(command::init::Init),
    /// Make a plan and a model of another program's
    Import(command::import::Import),
    /// Say all that is wrong with a plan and the files it names
    Check(command::check::Check),
    /// Show what each blocking rule costs, adds and is expected to find, without a run
    Block(command::block::Block),
    /// Say why two records are one person, what holds a person together, or how a household is known
    Explain(command::explain::Explain),
    /// Show a person, a household or a record of a snapshot
    Show(command::show::Show),
    /// Ask a snapshot who lives where, who is what to whom, and which services know them
    Ask(command::ask::Ask),
    /// Say how good a snapshot is: against the truth, by itself, and against an older one
    Evaluate(command::evaluate::Evaluate),
    /// Learn a model from the records of a plan
    Train(command::train::Train),
    /// Write one page of HTML that shows a snapshot, to be opened offline
    Report(command::report::Report),
    /// Invent a town and its agencies' extracts, with the truth beside them
    Synth(command::synth::Synth),
    /// Print a script that completes commands in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    let Arguments { command, global } = Arguments::parse();
    if let Some(threads) = global.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        if let Err(error) = pool {
            return fail(&error.into());
        }
    }
    let done = match command {
        Command::Run(run) => run.execute(&global),
        Command::Demo(demo) => demo.execute(&global),
        Command::Init(init) => init.execute(),
        Command::Import(import) => import.execute(),
        Command::Check(check) => check.execute(&global),
        Command::Block(block) => block.execute(&global),
        Command::Explain(explain) => explain.execute(&global),
        Command::Show(show) => show.execute(&global),
        Command::Ask(ask) => ask.execute(&global),
        Command::Evaluate(evaluate) => evaluate.execute(&global),
        Command::Train(train) => train.execute(&global),
        Command::Report(report) => report.execute(&global),
        Command::Synth(synth) => synth.execute(&global),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "kinfold", &mut script);
            print(&String::from_utf8_lossy(&script)).map(|()| ExitCode::SUCCESS)
        }
    };
    done.unwrap_or_else(|error| fail(&error))
}

/// Prints to standard output. A reader that has gone away is no error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Prints to standard error.
pub(crate) fn tell(text: &str) {
    // Where standard error cannot be written to, nobody is listening.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn fail(error: &anyhow::Error) -> ExitCode {
    if let Some(problems) = error.downcast_ref::<plan::Problems>() {
        tell(&command::rendered(problems));
    } else {
        tell(&format!("error: {error}"));
        let mut last = error.to_string();
        for cause in error.chain().skip(1) {
            // Some errors repeat their cause in their own words.
            if !last.contains(&cause.to_string()) {
                tell(&format!("  because {cause}"));
            }
            last = cause.to_string();
        }
    }
    ExitCode::from(2)
}
