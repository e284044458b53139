//! Names that only a file that attacks its reader uses.
//!
//! Nothing is ever called, so this list protects nobody: it refuses a file as a whole, even if the
//! name is in a part that nobody reads, because its next reader may be Python.

/// Modules that run commands or code, or reach the network, with everything inside them.
const MODULES: [&str; 29] = [
    "asyncio",
    "bdb",
    "code",
    "codeop",
    "commands",
    "ctypes",
    "ftplib",
    "http",
    "httplib",
    "imp",
    "importlib",
    "marshal",
    "nt",
    "numpy.distutils",
    "numpy.f2py",
    "numpy.testing",
    "os",
    "pdb",
    "popen2",
    "posix",
    "pty",
    "requests",
    "runpy",
    "shutil",
    "socket",
    "subprocess",
    "sys",
    "urllib",
    "webbrowser",
];

/// Functions of Python itself that run code or open files.
const BUILTINS: [&str; 12] = [
    "__import__",
    "apply",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "execfile",
    "file",
    "input",
    "open",
    "setattr",
];

/// Functions that open or read further files, which may run code.
const FUNCTIONS: [&str; 14] = [
    "_io.open",
    "_pickle.loads",
    "_pickle.load",
    "cPickle.load",
    "cPickle.loads",
    "cloudpickle.load",
    "cloudpickle.loads",
    "io.open",
    "joblib.load",
    "numpy.fromfile",
    "numpy.load",
    "pickle.load",
    "pickle.loads",
    "torch.load",
];

/// Whether the name belongs to an attack.
pub(super) fn is_hostile(module: &str, name: &str) -> bool {
    if matches!(module, "builtins" | "__builtin__") && BUILTINS.contains(&name) {
        return true;
    }
    let is_in = |listed: &&str| match module.strip_prefix(*listed) {
        Some(rest) => rest.is_empty() || rest.starts_with('.'),
        None => false,
    };
    if MODULES.iter().any(is_in) {
        return true;
    }
    // A module that another one has imported: `shutil.os.system` as `os.system` of `shutil`.
    let mut parts = name.split('.').rev().skip(1);
    parts.any(|part| MODULES.contains(&part))
        || FUNCTIONS.contains(&format!("{module}.{name}").as_str())
}

/// Whether module and name could be a class or function of Python.
pub(super) fn is_name(module: &str, name: &str) -> bool {
    // `<locals>` stands in the names of functions inside functions.
    let is_part = |char: char| char.is_alphanumeric() || "_<>".contains(char);
    let mut parts = module.split('.').chain(name.split('.'));
    parts.all(|part| !part.is_empty() && part.chars().all(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_are_told_from_classes() {
        for (module, name) in [
            ("os", "system"),
            ("os.path", "join"),
            ("builtins", "eval"),
            ("__builtin__", "file"),
            ("numpy.testing._private.utils", "runstring"),
            ("numpy", "load"),
            // What Python 3 calls its `open`.
            ("io", "open"),
            ("_io", "open"),
            ("test.support", "os.system"),
            ("importlib", "import_module"),
        ] {
            assert!(is_hostile(module, name), "{module}.{name}");
        }
        for (module, name) in [
            ("oscillator", "Wave"),
            ("collections", "Counter"),
            ("pathlib", "PosixPath"),
            ("copyreg", "_reconstructor"),
            ("builtins", "getattr"),
            ("codes", "Code"),
            ("io", "BytesIO"),
            ("mine", "os"),
            ("mine", "Outer.Inner"),
        ] {
            assert!(!is_hostile(module, name), "{module}.{name}");
        }
    }

    #[test]
    fn names_have_no_spaces() {
        assert!(is_name("a.b", "f.<locals>.C"));
        assert!(is_name("caf\u{e9}", "Tisch"));
        for (module, name) in [
            ("a b", "c"),
            ("", "c"),
            ("a", ""),
            ("a..b", "c"),
            ("a", "c\0"),
        ] {
            assert!(!is_name(module, name), "{module:?} {name:?}");
        }
    }
}
