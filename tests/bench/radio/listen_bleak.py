#!/usr/bin/python3
"""Debian's bleak (python3-bleak) as a listener; as radio_listen, on the bus of DBUS_SYSTEM_BUS_ADDRESS."""
import asyncio
import json
import signal
import struct
import time

from bleak import BleakScanner

COMPANY = 0xFFFF
NUMBERED = struct.Struct("<BIQ")  # 'S', number, monotonic send time in microseconds
latencies = []
seen = bytearray(1_000_000)


def heard(_device, advert):
    data = advert.manufacturer_data.get(COMPANY)
    if data is None or len(data) != NUMBERED.size:
        return
    tag, number, sent = NUMBERED.unpack(data)
    if tag != 0x53 or seen[number]:
        return
    seen[number] = 1
    latencies.append(time.monotonic_ns() // 1000 - sent)


def percentile(percent):
    return latencies[(len(latencies) - 1) * percent // 100] if latencies else 0


async def main():
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    scanner = BleakScanner(heard, adapter="hci0", bluez={"filters": {"DuplicateData": True}})
    await scanner.start()
    print("ready", flush=True)
    await end.wait()
    latencies.sort()
    print(json.dumps({"adverts": len(latencies), "p50_us": percentile(50), "p99_us": percentile(99), "max_us": percentile(100)}), flush=True)


asyncio.run(main())
