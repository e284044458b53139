"""What must hold between the files of deploy/ and the program that they start.

    deploy_check.py arguments unit|image|pod     arguments of `misa serve`, one per line
    deploy_check.py times CONFIG                 whether there is time to finish; CONFIG is of `--print-config`
    deploy_check.py routes OPENAPI               whether the server has the routes of the probes
    deploy_check.py calls TRACE                  whether the unit allows the calls of a trace by strace
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys

DEPLOY = pathlib.Path(__file__).resolve().parent.parent / "deploy"
# What the server gives clients to take their last bytes, and as much again.
PARTING = 6


def unit(key):
    """All values of a key of the unit."""
    lines = (DEPLOY / "misa.service").read_text().splitlines()
    return [line.split("=", 1)[1] for line in lines if line.startswith(key + "=")]


def instruction(name):
    """All values of an instruction of the Containerfile."""
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    return [line.split(None, 1)[1] for line in lines if line.startswith(name + " ")]


def pod():
    """The pod of the Deployment."""
    import yaml

    documents = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
    deployment = next(one for one in documents if one["kind"] == "Deployment")
    return deployment["spec"]["template"]["spec"]


def arguments(source):
    if source == "unit":
        program, verb, *rest = shlex.split(unit("ExecStart")[0])
        assert (pathlib.Path(program).name, verb) == ("misa", "serve"), unit("ExecStart")
    elif source == "image":
        assert json.loads(instruction("ENTRYPOINT")[0]) == ["/misa", "serve"]
        rest = json.loads(instruction("CMD")[0])
    else:
        rest = pod()["containers"][0]["args"]
    print("\n".join(rest))


def seconds(config, name):
    return float(re.search(rf"^{name} = ([\d.]+)$", config, re.MULTILINE).group(1))


def times(path):
    config = pathlib.Path(path).read_text()
    needed = seconds(config, "drain-seconds") + seconds(config, "finish-seconds") + PARTING
    stop = float(unit("TimeoutStopSec")[0])
    assert stop >= needed, f"misa.service: TimeoutStopSec is {stop}, expected at least {needed}"
    container = pod()["containers"][0]
    needed += container["lifecycle"]["preStop"]["sleep"]["seconds"]
    grace = pod()["terminationGracePeriodSeconds"]
    assert grace >= needed, f"kubernetes.yaml: the grace period is {grace}, expected at least {needed}"
    probe = container["readinessProbe"]
    unready = probe["periodSeconds"] * probe["failureThreshold"]
    drain = seconds(config, "drain-seconds")
    assert unready <= drain, f"kubernetes.yaml: unready after {unready} s, expected at most {drain}"


def routes(path):
    paths = json.loads(pathlib.Path(path).read_text())["paths"]
    container = pod()["containers"][0]
    (port,) = container["ports"]
    assert str(port["containerPort"]) == instruction("EXPOSE")[0], port
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        probe = container[name]["httpGet"]
        assert probe["port"] == port["name"] and "get" in paths.get(probe["path"], {}), (name, probe)


def members(group):
    """The calls of a group of systemd, those of the groups in it included."""
    text = subprocess.run(
        ["systemd-analyze", "syscall-filter", group], check=True, capture_output=True, text=True
    ).stdout
    found = set()
    for line in text.splitlines()[1:]:
        name = line.strip()
        if name.startswith("@"):
            found |= members(name)
        elif name and not name.startswith("#"):
            found.add(name)
    return found


def calls(path):
    trace = pathlib.Path(path).read_text()
    allowed = set()
    for value in unit("SystemCallFilter"):
        groups = [members(group) for group in value.lstrip("~").split()]
        allowed = allowed - set().union(*groups) if value.startswith("~") else allowed.union(*groups)
    used = set(re.findall(r"^\d+\s+(\w+)\(", trace, re.MULTILINE))
    assert "accept4" in used, "the trace holds no accepted connection"
    # strace's own start of the program.
    refused = used - allowed - {"execve"}
    assert not refused, f"misa.service refuses calls of the server: {', '.join(sorted(refused))}"
    executable = re.findall(r"^\d+\s+(?:mprotect\(.*PROT_EXEC.*|mmap\(.*PROT_WRITE\|PROT_EXEC.*)$", trace, re.MULTILINE)
    assert not executable, f"MemoryDenyWriteExecute refuses {executable[0]}"
    families = set(re.findall(r"^\d+\s+socket\((AF_\w+)", trace, re.MULTILINE))
    expected = set(unit("RestrictAddressFamilies")[0].split())
    assert families <= expected, f"RestrictAddressFamilies refuses {families - expected}"


if __name__ == "__main__":
    what, argument = sys.argv[1:]
    {"arguments": arguments, "times": times, "routes": routes, "calls": calls}[what](argument)
