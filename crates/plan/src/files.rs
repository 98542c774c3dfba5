//! Finds the files that a plan names.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern, glob_with};

/// Why a path or pattern gives no file.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

/// The files that a path or pattern, relative to `base`, stands for; at least one.
pub(crate) fn resolve(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, Missing> {
    let missing = |message: String, help| Err(Missing { message, help });
    let path = base.join(pattern);
    if path.is_file() {
        // A file may have brackets in its name, which no pattern could then find.
        return Ok(vec![path]);
    }
    if path.is_dir() {
        return missing(format!("`{pattern}` is a folder"), "name its files, as in `folder/*.csv`");
    }
    if !pattern.contains(['*', '?', '[']) {
        return missing(format!("there is no file `{pattern}`"), "paths are relative to the plan");
    }
    let Some(base) = base.to_str() else {
        let message = format!("`{pattern}` lies in a folder whose name is not UTF-8");
        return missing(message, "name the files one by one");
    };
    // The plan's own folder is no pattern, whatever signs are in its name.
    let whole = Path::new(&Pattern::escape(base)).join(pattern);
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let Ok(paths) = glob_with(&whole.to_string_lossy(), options) else {
        let message = format!("`{pattern}` is not a pattern");
        return missing(message, "`*` stands for letters, `?` for one, `**` for folders");
    };
    let mut found = Vec::new();
    for path in paths {
        match path {
            Ok(path) if path.is_file() => found.push(path),
            Ok(_) => {}
            Err(error) => {
                let message = format!("cannot look into `{}`", error.path().display());
                return missing(message, "the folder must be readable");
            }
        }
    }
    if found.is_empty() {
        return missing(format!("no file matches `{pattern}`"), "paths are relative to the plan");
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_path_or_a_pattern_stands_for_files() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("odd [name]");
        fs::create_dir_all(base.join("schools")).unwrap();
        for file in
            ["schools/b.csv", "schools/a.csv", "schools/a[1].csv", "schools/.hidden.csv", "x.tsv"]
        {
            fs::write(base.join(file), "").unwrap();
        }
        let names = |pattern: &str| -> Result<Vec<String>, String> {
            let found = resolve(&base, pattern).map_err(|missing| missing.message)?;
            let name =
                |path: PathBuf| path.strip_prefix(&base).unwrap().to_str().unwrap().to_owned();
            Ok(found.into_iter().map(name).collect())
        };
        assert_eq!(names("x.tsv").unwrap(), ["x.tsv"]);
        assert_eq!(names("schools/a[1].csv").unwrap(), ["schools/a[1].csv"]);
        assert_eq!(
            names("schools/*.csv").unwrap(),
            ["schools/a.csv", "schools/a[1].csv", "schools/b.csv"]
        );
        assert_eq!(names("**/*.tsv").unwrap(), ["x.tsv"]);
        for (pattern, expected) in [
            ("schools", "`schools` is a folder"),
            ("y.tsv", "there is no file `y.tsv`"),
            ("*.xlsx", "no file matches `*.xlsx`"),
            ("a***b", "`a***b` is not a pattern"),
        ] {
            assert_eq!(names(pattern).unwrap_err(), expected);
        }
    }
}
