//! Which file uses which: `use` broken over lines, names in braces, re-exports and globs are followed to the file that
//! has the thing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

/// What each file uses of the others, by the paths of their modules.
pub(crate) type Arrows = BTreeMap<String, BTreeSet<String>>;

/// A file of Rust as the graph sees it.
struct Module {
    /// Whether it is a `mod.rs`, which declares and re-exports.
    folder: bool,
    code: String,
}

/// All modules, and what their `mod.rs` hand on under a name of their own.
pub(crate) struct Modules {
    modules: BTreeMap<String, Module>,
    /// `flow::Env` → `flow::foundation::Env`; more than one step may be needed.
    exports: BTreeMap<String, String>,
    /// Modules that hand on everything of others.
    globs: BTreeMap<String, BTreeSet<String>>,
}

/// One name that a `use` brings in.
struct Import {
    path: String,
    name: String,
    public: bool,
}

impl Modules {
    /// From paths below `src` and texts.
    pub(crate) fn new<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let module = |(path, text): (&str, &str)| {
            let path = path.strip_suffix(".rs").unwrap_or(path).replace('/', "::");
            let own = path.strip_suffix("::mod");
            let module = Module { folder: own.is_some(), code: code_of(text) };
            (own.unwrap_or(&path).to_owned(), module)
        };
        let modules = files.into_iter().map(module).collect();
        let mut all = Self { modules, exports: BTreeMap::new(), globs: BTreeMap::new() };
        let (mut exports, mut globs) = (BTreeMap::new(), BTreeMap::<String, BTreeSet<String>>::new());
        for (path, module) in &all.modules {
            for import in imports(&module.code).into_iter().filter(|import| import.public) {
                let from = all.absolute(path, &import.path);
                match from.strip_suffix("::*") {
                    Some(from) => drop(globs.entry(path.clone()).or_default().insert(from.to_owned())),
                    None => drop(exports.insert(format!("{path}::{}", import.name), from)),
                }
            }
        }
        (all.exports, all.globs) = (exports, globs);
        all
    }

    /// From the root of the crate, as seen by this module.
    fn absolute(&self, module: &str, path: &str) -> String {
        let mut base: Vec<&str> = module.split("::").collect();
        let mut parts: Vec<&str> = path.split("::").collect();
        match parts[0] {
            "crate" | "regain" => return parts[1..].join("::"),
            "self" => drop(parts.remove(0)),
            "super" => {
                while parts.first() == Some(&"super") {
                    base.pop();
                    parts.remove(0);
                }
            }
            // A child of this module, or something of a library.
            first if self.modules.contains_key(&format!("{module}::{first}")) => {}
            _ => return path.to_owned(),
        }
        base.into_iter().chain(parts).collect::<Vec<_>>().join("::")
    }

    /// The file that a path leads to.
    fn file_of(&self, path: &str, steps: u32) -> Option<String> {
        if let Some(to) = self.exports.get(path).filter(|to| *to != path && steps < 9) {
            return self.file_of(to, steps + 1);
        }
        if self.modules.get(path).is_some_and(|module| !module.folder) {
            return Some(path.to_owned());
        }
        let (parent, name) = path.rsplit_once("::")?;
        if let Some(to) = self.exports.get(parent).filter(|to| *to != parent && steps < 9) {
            return self.file_of(&format!("{to}::{name}"), steps + 1);
        }
        let by_glob = self.globs.get(parent).into_iter().flatten().filter(|_| steps < 9);
        let by_glob = by_glob.filter_map(|from| self.file_that_has(from, name, steps));
        by_glob.into_iter().next().or_else(|| self.file_of(parent, steps + 1))
    }

    /// The file below a module that hands out this name, if it does.
    fn file_that_has(&self, module: &str, name: &str, steps: u32) -> Option<String> {
        let declares = Regex::new(&format!(
            r"\b(fn|struct|enum|trait|type|const|static|union|macro_rules!)\s+{}\b",
            regex::escape(name)
        ));
        match self.modules.get(module) {
            Some(file) if !file.folder => {
                declares.ok().filter(|declares| declares.is_match(&file.code)).map(|_| module.to_owned())
            }
            _ if self.exports.contains_key(&format!("{module}::{name}")) => {
                self.file_of(&format!("{module}::{name}"), steps + 1)
            }
            _ => None,
        }
    }

    /// Of each file, the others that it uses. A `mod.rs` only hands on, and is none of them.
    pub(crate) fn arrows(&self) -> Arrows {
        let files = self.modules.iter().filter(|(_, module)| !module.folder);
        files.map(|(path, module)| (path.clone(), self.used_by(path, &module.code))).collect()
    }

    fn used_by(&self, path: &str, code: &str) -> BTreeSet<String> {
        static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse\s+[^;]*;").unwrap());
        static PATH: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"\b[A-Za-z_]\w*(?:\s*::\s*\w+)+").unwrap());
        let body = USE.replace_all(code, "");
        let mut seen: Vec<String> = Vec::new();
        let mut known = BTreeMap::new();
        for import in imports(code) {
            let from = self.absolute(path, &import.path);
            match from.strip_suffix("::*") {
                Some(module) => seen.extend(self.names_of(module).into_iter().filter_map(|(name, full)| {
                    Regex::new(&format!(r"\b{name}\b")).unwrap().is_match(&body).then_some(full)
                })),
                None => {
                    known.insert(import.name, from.clone());
                    seen.push(from);
                }
            }
        }
        for found in PATH.find_iter(&body) {
            let found: String = found.as_str().split_whitespace().collect();
            let (first, rest) = found.split_once("::").unwrap_or((&found, ""));
            match (first, known.get(first)) {
                (_, Some(from)) => seen.push(format!("{from}::{rest}")),
                ("crate" | "super" | "self", None) => seen.push(self.absolute(path, &found)),
                _ => {}
            }
        }
        let files = seen.iter().filter_map(|path| self.file_of(path, 0));
        files.filter(|file| file != path).collect()
    }

    /// All that a module hands out, by name.
    fn names_of(&self, module: &str) -> Vec<(String, String)> {
        static DECLARED: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"\bpub(?:\([^)]*\))?\s+(?:fn|struct|enum|trait|type|const|static)\s+(\w+)").unwrap()
        });
        let own = format!("{module}::");
        let exported = self.exports.keys().filter_map(|path| path.strip_prefix(&own));
        let exported = exported.filter(|name| !name.contains("::")).map(str::to_owned);
        let code = self.modules.get(module).map(|module| module.code.as_str()).unwrap_or_default();
        let declared = DECLARED.captures_iter(code).map(|found| found[1].to_owned());
        exported.chain(declared).map(|name| (name.clone(), format!("{module}::{name}"))).collect()
    }
}

/// What every `use` of a text brings in.
fn imports(code: &str) -> Vec<Import> {
    static USE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)(\bpub(?:\([^)]*\))?\s+)?\buse\s+([^;]*);").unwrap());
    let import = |found: regex::Captures<'_>| {
        let public = found.get(1).is_some();
        let import = move |path: String| {
            let (path, name) = match path.split_once(" as ") {
                Some((path, name)) => (path.to_owned(), name.to_owned()),
                None => (path.clone(), path.rsplit("::").next().unwrap_or_default().to_owned()),
            };
            Import { path: path.strip_suffix("::self").map_or(path.clone(), str::to_owned), name, public }
        };
        spread(&found[2]).into_iter().map(import).collect::<Vec<_>>()
    };
    let mut all: Vec<Import> = USE.captures_iter(code).flat_map(import).collect();
    for import in all.iter_mut().filter(|import| import.name == "self") {
        import.name = import.path.rsplit("::").next().unwrap_or_default().to_owned();
    }
    all
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn spread(list: &str) -> Vec<String> {
    let list = list.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((before, inner)) = list.split_once('{') else { return vec![list.replace(" ::", "::")] };
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for symbol in inner.chars() {
        match symbol {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(symbol);
    }
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(|part| spread(&format!("{}{part}", before.trim()))).collect()
}

/// A text without its comments and its tests.
pub(crate) fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim_start();
        if line.starts_with("#[cfg(test)]") {
            // One declaration, or the tests at the end of the file.
            match lines.find(|line| !line.trim_start().starts_with("#[")) {
                Some(next) if next.ends_with(';') => continue,
                _ => break,
            }
        }
        if !line.starts_with("//") {
            code.push_str(line.split(" // ").next().unwrap_or_default());
            code.push('\n');
        }
    }
    code
}

/// Files that use each other, however long the way round is.
pub(crate) fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        arrows.keys().map(|from| (from, reach(arrows, from))).collect();
    let mut found = BTreeSet::new();
    for (from, to) in &reached {
        let circle: Vec<String> =
            to.iter().filter(|other| reached[**other].contains(*from)).map(|&other| other.clone()).collect();
        if !circle.is_empty() {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

fn reach<'a>(arrows: &'a Arrows, from: &String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = arrows[from].iter().collect();
    while let Some(file) = next.pop() {
        if reached.insert(file) {
            next.extend(arrows.get(file).into_iter().flatten());
        }
    }
    reached
}
