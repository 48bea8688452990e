//! What flows remark, for whoever acts.

use std::cell::RefCell;

use crate::flow::Remarks;
use crate::ui::Printer;

/// Warns of each thing once, however many steps of a command remark it.
pub(in crate::cli) struct Warnings<'p> {
    printer: &'p Printer,
    told: RefCell<Vec<String>>,
}

impl<'p> Warnings<'p> {
    pub(in crate::cli) fn new(printer: &'p Printer) -> Self {
        Self { printer, told: RefCell::default() }
    }
}

impl Remarks for Warnings<'_> {
    fn remark(&self, sentence: &str) {
        let mut told = self.told.borrow_mut();
        if !told.iter().any(|before| before == sentence) {
            self.printer.warn(sentence);
            told.push(sentence.to_owned());
        }
    }
}
