//! What the figures were taken on: processor, cores, memory; never its name.

use anyhow::{Context as _, Result};
use std::fs;

/// For the report: "AMD EPYC, 2 cores, 23 GiB, Linux 6.1".
///
/// # Errors
/// When the kernel tells less than expected.
pub(crate) fn describe() -> Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo").context("/proc/cpuinfo")?;
    let model = field(&cpu, "model name").unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism()?;
    let memory = fs::read_to_string("/proc/meminfo").context("/proc/meminfo")?;
    let kib: u64 =
        field(&memory, "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok()).context("MemTotal")?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").context("kernel release")?;
    let kernel: Vec<_> = kernel.trim().split(['.', '-']).take(2).collect();
    Ok(format!("{model}, {cores} cores, {} GiB, Linux {}", kib >> 20, kernel.join(".")))
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_described_without_its_name() -> Result<()> {
        let text = describe()?;
        let name = fs::read_to_string("/proc/sys/kernel/hostname")?;
        assert!(text.contains("cores") && !text.contains(name.trim()), "{text}");
        Ok(())
    }
}
