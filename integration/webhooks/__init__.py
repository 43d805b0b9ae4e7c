"""Webhooks: others are told that something changed, and come to read it.

    subscribe(resource, notification_url, …)     handshake, then a subscription
    collect(at=…)                                what changed becomes notices, 30 seconds after the first change
    relay(clock=…)                               notices are delivered, again and again where need be
    sweep(at=…)                                  what expired ends, who is about to lose something is warned

Notices hold no data: whoever gets one reads the record, by the API and with the owner's rights.
Source: api-v2, section 12.
"""
