"""From a net prize to the gross amount that payroll pays: pure arithmetic over schedules that are data.

The program prepares, payroll decides: every answer is an estimate until payroll has returned gross, tax and net.
"""
