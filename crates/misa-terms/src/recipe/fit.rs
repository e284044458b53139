//! How the features at hand fit a model.

use crate::recipe::{RecipeMisfit, RecipeStamp};
use std::collections::HashMap;
use std::fmt;

/// How features of the same recipe fit a model.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RecipeFit {
    /// For each column of the model, its index in the features; `None` if the order is the same.
    pub order: Option<Vec<usize>>,
    /// The versions of the tool, if they are not known to be the same: numbers may differ a little.
    pub tool_versions: Option<ToolVersions>,
}

impl RecipeFit {
    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.order.is_none() && self.tool_versions.is_none()
    }
}

impl fmt::Display for RecipeFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.order, &self.tool_versions) {
            (None, None) => f.write_str("the same features"),
            (Some(_), None) => f.write_str(REORDERED),
            (None, Some(versions)) => write!(f, "{versions}"),
            (Some(_), Some(versions)) => write!(f, "{REORDERED}; {versions}"),
        }
    }
}

/// What is told of columns in another order.
const REORDERED: &str = "columns in another order, brought into that of the model";

/// Versions of a tool that are not known to be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolVersions {
    /// The tool.
    pub tool: String,
    /// The version that made the features of the model.
    pub model: String,
    /// The version that made the features at hand, if it is stated.
    pub features: Option<String>,
}

impl fmt::Display for ToolVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tool,
            model,
            features,
        } = self;
        write!(f, "features made by {tool} ")?;
        match features {
            Some(version) => write!(f, "{version}")?,
            None => f.write_str("of an unknown version")?,
        }
        write!(
            f,
            ", those of the model by {model}: numbers may differ a little"
        )
    }
}

/// Relative difference up to which two rates are the same. Those of 29.97 and 30 frames a second, 1e-3, are
/// not.
const SAME_RATE: f64 = 1e-4;

/// Seconds of `reach` of steps that do not state it: windows did not before it was a setting of theirs.
const USUAL_REACH: &str = "0.1";

impl RecipeStamp {
    /// How features of the recipe `found` fit a model that was trained on features of this recipe.
    ///
    /// # Errors
    ///
    /// [`RecipeMisfit`] when the model must not be applied to them.
    pub fn fit(&self, found: &Self) -> Result<RecipeFit, RecipeMisfit> {
        self.check_kind(found)?;
        let order = self.order_of(&found.columns)?;
        if order.is_none() && self.sha256 != found.sha256 {
            return Err(RecipeMisfit::Content {
                name: self.name.clone(),
                expected: self.sha256.chars().take(12).collect(),
                found: found.sha256.chars().take(12).collect(),
            });
        }
        let model = self.tool_version.as_ref();
        let model = model.filter(|&version| found.tool_version.as_ref() != Some(version));
        Ok(RecipeFit {
            order,
            tool_versions: model.map(|model| ToolVersions {
                tool: self.tool.clone(),
                model: model.clone(),
                features: found.tool_version.clone(),
            }),
        })
    }

    /// Fails where anything but columns and content differs.
    fn check_kind(&self, found: &Self) -> Result<(), RecipeMisfit> {
        let name = || self.name.clone();
        if (&self.name, self.version) != (&found.name, found.version) {
            return Err(RecipeMisfit::Recipe {
                expected: format!("{} version {}", self.name, self.version),
                found: format!("{} version {}", found.name, found.version),
            });
        }
        if self.tool != found.tool {
            return Err(RecipeMisfit::Tool {
                name: name(),
                expected: self.tool.clone(),
                found: found.tool.clone(),
            });
        }
        if self.scaling != found.scaling {
            return Err(RecipeMisfit::Scaling {
                name: name(),
                expected: self.scaling,
                found: found.scaling,
            });
        }
        if self.mode != found.mode {
            return Err(RecipeMisfit::Mode {
                name: name(),
                expected: self.mode.clone(),
                found: found.mode.clone(),
            });
        }
        self.check_steps(found)?;
        let is_near = |rate: f64, found: f64| (rate - found).abs() <= SAME_RATE * rate.abs();
        match self.rate {
            Some(rate) if !found.rate.is_some_and(|found| is_near(rate, found)) => {
                Err(RecipeMisfit::Rate {
                    name: name(),
                    expected: rate,
                    found: found.rate,
                })
            }
            _ => Ok(()),
        }
    }

    /// Fails where steps were made by other settings, if both are known.
    fn check_steps(&self, found: &Self) -> Result<(), RecipeMisfit> {
        if self.steps.is_empty() || found.steps.is_empty() {
            return Ok(());
        }
        let settings = self.steps.keys().chain(found.steps.keys());
        let mut differing = settings.filter(|name| self.setting(name) != found.setting(name));
        let value = |stamp: &Self, name: &String| {
            let value = stamp.setting(name).unwrap_or("nothing");
            value.to_string()
        };
        differing.next().map_or(Ok(()), |setting| {
            Err(RecipeMisfit::Steps {
                name: self.name.clone(),
                setting: setting.clone(),
                expected: value(self, setting),
                found: value(found, setting),
            })
        })
    }

    /// A setting of the steps, also where it was not stated yet when they were made.
    fn setting(&self, name: &str) -> Option<&str> {
        let unstated = (name == "reach").then_some(USUAL_REACH);
        self.steps.get(name).map(String::as_str).or(unstated)
    }

    /// For each column its index in `found`; `None` if both are the same.
    fn order_of(&self, found: &[String]) -> Result<Option<Vec<usize>>, RecipeMisfit> {
        if self.columns == found {
            return Ok(None);
        }
        let mut indices: HashMap<&str, usize> = HashMap::with_capacity(found.len());
        let mut beyond = Vec::new();
        for (index, column) in found.iter().enumerate() {
            if indices.insert(column, index).is_some() {
                beyond.push(column.clone());
            }
        }
        let order: Vec<Option<usize>> = self
            .columns
            .iter()
            .map(|column| indices.remove(column.as_str()))
            .collect();
        let pairs = self.columns.iter().zip(&order);
        let missing = pairs.filter(|(_, index)| index.is_none());
        let missing: Vec<String> = missing.map(|(column, _)| column.clone()).collect();
        if !missing.is_empty() {
            return Err(RecipeMisfit::Missing {
                name: self.name.clone(),
                columns: missing,
            });
        }
        let unknown = found
            .iter()
            .filter(|column| indices.contains_key(column.as_str()));
        beyond.extend(unknown.cloned());
        if beyond.is_empty() {
            return Ok(order.into_iter().collect());
        }
        Err(RecipeMisfit::Beyond {
            name: self.name.clone(),
            columns: beyond,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecipeScaling;

    fn stamp() -> RecipeStamp {
        let columns = ["a", "b", "c"].map(str::to_string).to_vec();
        RecipeStamp {
            tool_version: Some("2.2".to_string()),
            rate: Some(25.0),
            ..RecipeStamp::new("faces", 1, "0123456789abcdef", "OpenFace", columns)
        }
    }

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_string()).collect()
    }

    #[test]
    fn the_same_recipe_fits() {
        let fit = stamp().fit(&stamp()).unwrap();
        assert!(fit.is_same());
        assert_eq!(fit.to_string(), "the same features");
        let near = RecipeStamp {
            rate: Some(25.0001),
            ..stamp()
        };
        assert!(stamp().fit(&near).unwrap().is_same());
    }

    #[test]
    fn columns_in_another_order_fit_with_their_indices() {
        let found = RecipeStamp {
            columns: columns(&["c", "a", "b"]),
            sha256: "another".to_string(),
            ..stamp()
        };
        let fit = stamp().fit(&found).unwrap();
        assert_eq!(fit.order, Some(vec![1, 2, 0]));
        assert_eq!(fit.to_string(), REORDERED);
    }

    #[test]
    fn another_version_of_the_tool_fits_and_is_told() {
        let of = |version: Option<&str>| RecipeStamp {
            tool_version: version.map(str::to_string),
            ..stamp()
        };
        let told = |version| stamp().fit(&of(version)).unwrap().to_string();
        assert_eq!(
            told(Some("2.0")),
            "features made by OpenFace 2.0, those of the model by 2.2: numbers may differ a little"
        );
        assert_eq!(
            told(None),
            "features made by OpenFace of an unknown version, those of the model by 2.2: numbers may differ a little"
        );
        assert!(of(None).fit(&stamp()).unwrap().is_same());
    }

    /// What is said of a stamp that `change` makes another.
    fn misfit(change: impl FnOnce(&mut RecipeStamp)) -> String {
        let mut found = stamp();
        change(&mut found);
        stamp().fit(&found).unwrap_err().to_string()
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        let found = [
            misfit(|found| found.name = "voices".to_string()),
            misfit(|found| found.version = 2),
            misfit(|found| found.sha256 = "fedcba9876543210".to_string()),
            misfit(|found| found.tool = "py-feat".to_string()),
            misfit(|found| found.scaling = RecipeScaling::Robust),
            misfit(|found| found.mode = "sdk".to_string()),
            misfit(|found| found.rate = Some(30.0)),
            misfit(|found| found.rate = None),
            misfit(|found| found.columns = columns(&["c", "x"])),
            misfit(|found| found.columns = columns(&["a", "b", "c", "d", "a"])),
        ];
        let expected = [
            "recipe: expected faces version 1 as in training, found voices version 1",
            "recipe: expected faces version 1 as in training, found faces version 2",
            "recipe faces: expected the SHA-256 0123456789ab as in training, found fedcba987654; the recipe was changed: make the features with the one of the model",
            "recipe faces: expected features of OpenFace as in training, found those of py-feat",
            "recipe faces: expected the scaling standard as in training, found robust",
            "recipe faces: expected the alignment \"words\" as in training, found \"sdk\"",
            "recipe faces: expected 25 rows a second as in training, found 30",
            "recipe faces: expected 25 rows a second as in training, found an unknown number",
            "recipe faces: expected the columns of training, found none called a, b",
            "recipe faces: expected the columns of training alone, found also a, d; leave them out",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn steps_of_other_settings_are_refused_if_both_are_known() {
        let of = |reach: &[&str]| RecipeStamp {
            steps: reach
                .iter()
                .map(|reach| ("reach".to_string(), reach.to_string()))
                .collect(),
            ..stamp()
        };
        assert!(of(&["0.1"]).fit(&of(&["0.1"])).unwrap().is_same());
        assert!(of(&["0.1"]).fit(&of(&[])).unwrap().is_same());
        assert!(of(&[]).fit(&of(&["0.1"])).unwrap().is_same());
        assert_eq!(
            of(&["0.1"]).fit(&of(&["0.2"])).unwrap_err().to_string(),
            "recipe faces: expected steps made with reach 0.1 as in training, found 0.2"
        );
    }

    #[test]
    fn steps_without_a_reach_were_made_with_that_by_default() {
        let of = |reach: Option<&str>| {
            let rate = Some(("rate", "20"));
            let steps = rate.into_iter().chain(reach.map(|reach| ("reach", reach)));
            let text = |(name, value): (&str, &str)| (name.to_string(), value.to_string());
            RecipeStamp {
                steps: steps.map(text).collect(),
                mode: "unaligned".to_string(),
                ..stamp()
            }
        };
        assert!(of(None).fit(&of(Some("0.1"))).unwrap().is_same());
        assert!(of(Some("0.1")).fit(&of(None)).unwrap().is_same());
        let message = |model: Option<&str>, found: Option<&str>| {
            of(model).fit(&of(found)).unwrap_err().to_string()
        };
        assert_eq!(
            message(None, Some("0.2")),
            "recipe faces: expected steps made with reach 0.1 as in training, found 0.2"
        );
        assert_eq!(
            message(Some("0.2"), None),
            "recipe faces: expected steps made with reach 0.2 as in training, found 0.1"
        );
    }

    #[test]
    fn of_many_missing_columns_some_are_named() {
        let mut model = stamp();
        model.columns = (0..12).map(|column| format!("c{column}")).collect();
        assert_eq!(
            model.fit(&stamp()).unwrap_err().to_string(),
            "recipe faces: expected the columns of training, found none called c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more"
        );
    }
}
