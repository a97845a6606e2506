"""What run.py becomes."""

import sys

import alerts
import chart
import compose
import image
import variables
from report import Report

SUITES = {"image": image.check, "compose": compose.check, "chart": chart.check, "alerts": alerts.check}

if __name__ == "__main__":
    asked = sys.argv[1:]
    if asked == ["variables"]:
        variables.show()
    elif len(asked) == 1 and asked[0] in SUITES:
        report = Report(asked[0])
        SUITES[asked[0]](report)
        sys.exit(report.end())
    else:
        sys.exit(f"usage: run.py {'|'.join([*SUITES, 'variables'])}")
