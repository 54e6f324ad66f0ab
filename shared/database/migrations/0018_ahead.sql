-- Letters decided by several workers at once, complaint by complaint: how far each complaint is ahead of the position.

CREATE TABLE notifier.ahead (
    landlord text NOT NULL,
    consumer text NOT NULL,
    stream text NOT NULL,
    version bigint NOT NULL,  -- of the complaint; everything up to it was dealt with
    PRIMARY KEY (landlord, consumer, stream)
);

SELECT registry.guard('notifier.ahead'::regclass);

GRANT SELECT, INSERT, UPDATE, DELETE ON notifier.ahead TO redress_notifier;
