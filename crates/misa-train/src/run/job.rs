//! What a scheduler says of the job that a process belongs to.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;

/// Environment variables that name a job or its share of the work. None holds a secret.
const NAMES: [&str; 12] = [
    "JOB_COMPLETION_INDEX",
    "LSB_JOBID",
    "PBS_JOBID",
    "SKYPILOT_TASK_ID",
    "SLURMD_NODENAME",
    "SLURM_ARRAY_JOB_ID",
    "SLURM_ARRAY_TASK_ID",
    "SLURM_CLUSTER_NAME",
    "SLURM_JOB_ID",
    "SLURM_RESTART_COUNT",
    "WANDB_RUN_ID",
    "WANDB_SWEEP_ID",
];
/// Those of schedulers that start the same command again after a fault.
const RESTARTING: [&str; 2] = ["SLURM_JOB_ID", "SKYPILOT_TASK_ID"];
/// Longest value that is kept, in characters.
const LONGEST: usize = 200;

/// The job of this process, as Slurm, PBS, LSF, SkyPilot, Kubernetes or W&B describe it: values of environment
/// variables by their names. Empty outside of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduledJob(BTreeMap<String, String>);

impl ScheduledJob {
    /// That of this process.
    pub fn current() -> Self {
        Self::of(|name| env::var_os(name))
    }

    fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let known = NAMES.into_iter().filter_map(|name| {
            let value = variable(name).filter(|value| !value.is_empty())?;
            let value = value.to_string_lossy().chars().take(LONGEST).collect();
            Some((name.to_string(), value))
        });
        Self(known.collect())
    }

    /// The variables.
    pub fn into_variables(self) -> BTreeMap<String, String> {
        self.0
    }

    /// The variable by which a scheduler is known that starts the command of a job again after a fault, and
    /// its value, the name of the job.
    pub fn restarting(&self) -> Option<(&str, &str)> {
        RESTARTING.iter().find_map(|&name| {
            let (name, value) = self.0.get_key_value(name)?;
            Some((name.as_str(), value.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(variables: &[(&str, &str)]) -> ScheduledJob {
        ScheduledJob::of(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn only_variables_that_name_a_job_are_kept() {
        let all = [
            ("SLURM_JOB_ID", "17"),
            ("SLURM_ARRAY_TASK_ID", ""),
            ("WANDB_API_KEY", "secret"),
            ("WANDB_RUN_ID", "x1"),
        ];
        let found = job(&all).into_variables();
        let found: Vec<(&str, &str)> = (found.iter())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, [("SLURM_JOB_ID", "17"), ("WANDB_RUN_ID", "x1")]);
    }

    #[test]
    fn slurm_and_skypilot_start_a_command_again() {
        assert_eq!(job(&[]).restarting(), None);
        assert_eq!(job(&[("WANDB_RUN_ID", "x1")]).restarting(), None);
        assert_eq!(
            job(&[("SLURM_JOB_ID", "17")]).restarting(),
            Some(("SLURM_JOB_ID", "17"))
        );
        assert_eq!(
            job(&[("SKYPILOT_TASK_ID", "sky-1")]).restarting(),
            Some(("SKYPILOT_TASK_ID", "sky-1"))
        );
    }

    #[test]
    fn long_values_are_cut() {
        let long = "ü".repeat(300);
        let found = job(&[("PBS_JOBID", &long)]).into_variables();
        assert_eq!(found["PBS_JOBID"].chars().count(), 200);
    }
}
