//! A chain of keyed hashes as a bare loop computes it: the reference for `regain audit verify`.
//!
//!     cargo bench --bench chain -- write FOLDER FILE    what the hashes of a store's records cover, into a file
//!     cargo bench --bench chain -- FILE                 computes a chain over that
//!
//! FOLDER holds `data` as the XDG variable names it. The key is another one, which makes no difference to the work.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use regain::domain::store_url::StoreUrl;
use regain::store::{self, StoreError, Transactions};
use sha2::Sha256;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", folder, file] => write(Path::new(folder), Path::new(file)),
        [file] => chain(Path::new(file)),
        // Without a file it is only tried out whether it builds and runs.
        _ => {}
    }
}

/// Each record's parts, framed as the key ring frames them, after the length of all.
fn write(folder: &Path, file: &Path) {
    let store = store::open(&StoreUrl::from(folder.join("data/regain/regain.db"))).unwrap();
    let mut to = BufWriter::new(File::create(file).unwrap());
    let written = store.read(|tx| {
        tx.each_event(0, &mut |event| {
            let mut framed = Vec::new();
            for part in event.chained_parts(event.detail) {
                framed.extend((part.len() as u64).to_be_bytes());
                framed.extend(&*part);
            }
            to.write_all(&u32::try_from(framed.len()).unwrap().to_le_bytes()).unwrap();
            to.write_all(&framed).unwrap();
            ControlFlow::Continue(())
        })
    });
    written.map_err(|error: StoreError| error).unwrap();
    to.flush().unwrap();
}

fn chain(file: &Path) {
    let keyed = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
    let mut from = BufReader::with_capacity(1 << 16, File::open(file).unwrap());
    let (mut records, mut hash) = (0_u64, String::new());
    let (mut length, mut framed) = ([0; 4], Vec::new());
    while !from.fill_buf().unwrap().is_empty() {
        from.read_exact(&mut length).unwrap();
        framed.resize(u32::from_le_bytes(length) as usize, 0);
        from.read_exact(&mut framed).unwrap();
        let mut mac = keyed.clone();
        mac.update(&17_u64.to_be_bytes());
        mac.update(&(hash.len() as u64).to_be_bytes());
        mac.update(hash.as_bytes());
        mac.update(&framed);
        hash = HEXLOWER.encode(&mac.finalize().into_bytes());
        records += 1;
    }
    println!("{records} records, {hash}");
}
