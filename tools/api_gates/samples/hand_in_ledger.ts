// What a client program looks like: hand in a ledger, wait, and read what came of it.

import { createLedgerUpload, getLedgerUpload, listLedgerUploadFindings } from "./client";
import type { LedgerFinding, LedgerUpload, Problem } from "./client";

/** Try a ledger file without applying it; tell the findings in English. */
export async function handIn(file: File, wish: string): Promise<string[]> {
  const started = await createLedgerUpload({
    body: { file, mode: "DRY_RUN" },
    headers: { "Idempotency-Key": wish },
  });
  if (started.error) return [why(started.error)];
  const { id }: LedgerUpload = started.data;
  const path = { upload_id: id };
  const judged = await getLedgerUpload({ path, headers: { Prefer: "wait=20" } });
  if (judged.error) return [why(judged.error)];
  const found = await listLedgerUploadFindings({ path });
  if (found.error) return [why(found.error)];
  return found.data.items.map((it: LedgerFinding) => `row ${it.row}: ${it.detail_en}`);
}

function why(problem: Problem): string {
  return `${problem.code} ${problem.reason}: ${problem.detail_en}`;
}
