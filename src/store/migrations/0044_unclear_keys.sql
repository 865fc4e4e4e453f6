-- Whether another key is another server cannot be told, where that was said until now.
UPDATE watch_event SET kind = 'unclear key' WHERE kind = 'other server';

COMMENT ON COLUMN watch_event.kind IS 'went silent, came back, restarted (a held connection ended and another could be made soon); new certificate (the key stayed), new key, unclear key (another key, by the server or because another server is there; detail has why that cannot be told), new software, new address, listed, unlisted; vantage outage and network outage for those of many.';
