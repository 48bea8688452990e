//! People whom a file brings in: a row makes somebody, changes somebody, or leaves them as they are.

mod commit;
mod effects;
mod password;
#[cfg(test)]
mod password_tests;
mod plan;
mod rows;
#[cfg(test)]
mod tests;

pub use plan::ImportUser;
