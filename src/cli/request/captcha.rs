//! `regain request captcha`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::show::Named;
use super::start::begun;
use crate::cli::shared::stdin::{Line, Lines};
use crate::cli::shared::{Failure, Session};
use crate::domain::captcha::{png, proof_of_work};
use crate::flow::reset::{self, RequestView};
use crate::ui::Format;

/// Show a CAPTCHA, or answer it
///
/// Without an answer, the command shows a new CAPTCHA as a picture in the terminal or in a file. Answer with the
/// characters in the picture, or with the number that solves the proof of work in the JSON. To solve it, count N up
/// from 0 until SHA-256 of "CHALLENGE:N" begins with BITS zero bits; N is the answer.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain request captcha req_… --png captcha.png\n  \
                        echo K7MX3 | regain request captcha req_… --answer-stdin\n  \
                        regain request captcha req_… --work")]
pub(in crate::cli) struct Captcha {
    #[command(flatten)]
    named: Named,
    /// Write the picture to a new file; - is standard output, instead of the request
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Read the answer from standard input (one line)
    #[arg(long, conflicts_with = "png")]
    answer_stdin: bool,
    /// Solve the proof of work on this machine
    #[arg(long, conflicts_with_all = ["png", "answer_stdin"])]
    work: bool,
}

pub(super) fn run(arguments: &Captcha, session: &Session<'_>) -> Result<(), Failure> {
    let (view, changed) = captcha(arguments, session)?;
    if arguments.png.as_deref() == Some(Path::new("-")) {
        return Ok(());
    }
    begun(session, &view, changed)
}

/// The request, and whether it was answered or has another picture now.
fn captcha(arguments: &Captcha, session: &Session<'_>) -> Result<(RequestView, bool), Failure> {
    let (id, env) = (&arguments.named.id, session.oneself());
    let context = session.context;
    if arguments.png.as_deref().is_some_and(|path| path != Path::new("-")) {
        context.own_file("use --png - and redirect it").map_err(|failure| failure.of("--png"))?;
    }
    if arguments.answer_stdin {
        let answer = Lines::only(context, Line::Answer)?;
        return Ok((reset::answer_captcha(&env, id, answer.expose())?, true));
    }
    let view = reset::show(&env, id)?;
    if arguments.work {
        let solution = view.captcha.as_ref().map(|of| proof_of_work::solve(&of.challenge, of.bits));
        let solution = solution.map_or_else(String::new, |solution| solution.to_string());
        return Ok((reset::answer_captcha(&env, id, &solution)?, true));
    }
    if view.captcha.as_ref().is_some_and(|captcha| !captcha.picture) {
        return Ok((view, false));
    }
    let on_screen = arguments.png.is_none() && context.printer.format() == Format::Table;
    if on_screen && !context.printer.shows_pictures() {
        context.printer.note("The picture does not fit here: --png FILE writes it, and --work does without.");
        return Ok((view, false));
    }
    let (view, picture) = reset::show_captcha(&env, id)?;
    match &arguments.png {
        Some(path) => {
            let bytes = png(&picture).context("the picture could not be encoded")?;
            write_picture(path, &bytes, session)?;
        }
        None if on_screen => context.printer.picture(&picture),
        None => {}
    }
    Ok((view, true))
}

/// Into a new file of the caller's.
fn write_picture(path: &Path, bytes: &[u8], session: &Session<'_>) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Ok(session.context.printer.bytes(bytes)?);
    }
    crate::os::write_new(path, bytes).map_err(|error| Failure::from(error).of("--png"))
}
