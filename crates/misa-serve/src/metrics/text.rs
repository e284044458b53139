//! The page `/metrics`.

use super::Metrics;
use crate::lock::lock;
use crate::model::Loaded;
use misa_terms::Modality;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Values of the moment, which nobody counts.
pub(crate) struct Gauges {
    pub is_ready: bool,
    pub queued_predictions: usize,
    pub queued_explanations: usize,
    pub queued_sounds: usize,
    pub skipped: u64,
    pub body_bytes: usize,
    pub log_lines_dropped: u64,
    pub models: Vec<Arc<Loaded>>,
}

impl Metrics {
    /// Everything in Prometheus' text format.
    pub fn text(&self, gauges: &Gauges) -> String {
        let mut page = Page(String::new());
        page.head("misa_build_info", "gauge", "The version of misa.");
        let version = env!("CARGO_PKG_VERSION");
        page.line(&format!("misa_build_info{{version=\"{version}\"}} 1"));
        page.head("misa_model_info", "gauge", "The models that answer.");
        for loaded in &gauges.models {
            let (name, id) = (&loaded.name, &loaded.facts.id);
            page.line(&format!(
                "misa_model_info{{model=\"{name}\",id=\"{id}\"}} 1"
            ));
        }
        self.write_requests(&mut page);
        self.write_clips(&mut page, gauges);
        let values = [
            (
                "misa_ready",
                "Whether the server is ready.",
                i64::from(gauges.is_ready),
            ),
            (
                "misa_connections",
                "Open connections.",
                self.connections.load(Ordering::Relaxed),
            ),
            (
                "misa_requests_running",
                "Requests that are not answered.",
                self.running.load(Ordering::Relaxed),
            ),
            (
                "misa_body_bytes",
                "Bytes of bodies in memory.",
                gauges.body_bytes as i64,
            ),
        ];
        for (name, help, value) in values {
            page.value(name, "gauge", help, value as u64);
        }
        let help = "Lines that the log could not take.";
        page.value(
            "misa_log_lines_dropped_total",
            "counter",
            help,
            gauges.log_lines_dropped,
        );
        if let Some(bytes) = resident_bytes() {
            page.value(
                "process_resident_memory_bytes",
                "gauge",
                "Resident memory.",
                bytes,
            );
        }
        page.0
    }

    fn write_requests(&self, page: &mut Page) {
        page.head(
            "misa_requests_total",
            "counter",
            "Requests by route and status; 499 is a client that left.",
        );
        for ((route, status), count) in lock(&self.requests).iter() {
            page.line(&format!(
                "misa_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}"
            ));
        }
        let name = "misa_request_duration_seconds";
        page.head(
            name,
            "histogram",
            "Seconds from the head of a request to its answer.",
        );
        for (route, histogram) in lock(&self.durations).iter() {
            histogram.write(&mut page.0, name, &format!("route=\"{route}\""));
        }
        let name = "misa_reloads_total";
        page.head(name, "counter", "Reloads, taken over or refused.");
        for (result, counter) in ["refused", "taken"].iter().zip(&self.reloads) {
            let count = counter.load(Ordering::Relaxed);
            page.line(&format!("{name}{{result=\"{result}\"}} {count}"));
        }
    }

    fn write_clips(&self, page: &mut Page, gauges: &Gauges) {
        let name = "misa_queue_requests";
        let help = "Requests that wait to be computed, and sounds that wait to be read.";
        page.head(name, "gauge", help);
        for (kind, count) in [
            ("predict", gauges.queued_predictions),
            ("explain", gauges.queued_explanations),
            ("sound", gauges.queued_sounds),
        ] {
            page.line(&format!("{name}{{kind=\"{kind}\"}} {count}"));
        }
        let help = "Requests that were not computed because their client had left.";
        page.value(
            "misa_requests_skipped_total",
            "counter",
            help,
            gauges.skipped,
        );
        let clips = self.clips.load(Ordering::Relaxed);
        page.value(
            "misa_clips_total",
            "counter",
            "Clips that were taken.",
            clips,
        );
        let name = "misa_clips_without_total";
        page.head(name, "counter", "Clips that were taken without a modality.");
        for modality in Modality::ALL {
            let count = self.absent.get(modality).load(Ordering::Relaxed);
            page.line(&format!("{name}{{modality=\"{modality}\"}} {count}"));
        }
        page.head("misa_batch_clips", "histogram", "Clips of a batch.");
        self.batches.write(&mut page.0, "misa_batch_clips", "");
        page.head(
            "misa_inference_seconds",
            "histogram",
            "Seconds that a batch took.",
        );
        self.inference
            .write(&mut page.0, "misa_inference_seconds", "");
    }
}

struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.0, "{line}");
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.line(&format!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    fn value(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        self.line(&format!("{name} {value}"));
    }
}

/// Resident memory of this process, where the system tells it as Linux does.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
