import { nearNames } from './near-names.js';

/**
 * Ids that another tool's name may stand for. Tools put a time in front or behind, a file ending, and words together in
 * another way: `CreateUsers1700000000000` and `20240101_create_users.js` are both near `create-users`.
 */
export function likelyIds(name: string, ids: readonly string[]): string[] {
  const bare = bareName(name);
  const byBareName = new Map(ids.map((id) => [bareName(id), id]));
  const likely = nearNames(bare, byBareName.keys()).flatMap((near) => byBareName.get(near) ?? []);
  return [...new Set([...likely, ...nearNames(name, ids)])].slice(0, 3);
}

function bareName(name: string): string {
  const letters = name
    .replace(/\.(?:[cm]?[jt]s|sql|ya?ml|json)$/i, '')
    .replace(/^[VUR]?[\d._-]+/, '')
    .replace(/[\d._-]+$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
  return letters || name.toLowerCase();
}
