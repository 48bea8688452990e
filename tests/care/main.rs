//! Care for the store: records, copies, keys, purging, and what the doctor says of broken things.

mod copies;
mod doctor;
mod records;
mod site;
mod upkeep;
