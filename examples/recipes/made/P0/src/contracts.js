/** @typedef {{ name: string, amount: number, unit: 'g' | 'ml' | 'piece' }} Ingredient */

/** What every module throws: a sentence for people. */
export class RecipeError extends Error {}

/** @returns {value is Ingredient} */
export function isIngredient(value) {
  return (
    typeof value?.name === 'string' && typeof value.amount === 'number' && ['g', 'ml', 'piece'].includes(value.unit)
  );
}
